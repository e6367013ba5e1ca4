import { Icon, type IconName } from '../components/Icon.js';
import { chooseTheme, THEMES, type Theme, useChosenTheme } from './theme.js';

const LOOKS: Record<Theme, { icon: IconName; name: string }> = {
  system: { icon: 'system', name: 'as the system' },
  light: { icon: 'sun', name: 'light' },
  dark: { icon: 'moon', name: 'dark' },
};

/** One button that cycles through the three choices. */
export function ThemeSwitch() {
  const theme = useChosenTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  const label = `Colours: ${LOOKS[theme].name}. Change to ${LOOKS[next].name}`;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(next)}
    >
      <Icon name={LOOKS[theme].icon} />
    </button>
  );
}
