import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/shell.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { setNumberLocale } from '../../client/src/text/locale.js';
import { queryClient } from './query-client.js';
import { router } from './router.js';
import { applyTheme } from './shell/theme.js';

applyTheme();
setNumberLocale(navigator.language);
// Starts loading data before the first render.
void router.load();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
