// Before the first paint, so that the page never flashes in another theme: what was chosen, else what the system says.
let chosen;
try {
  chosen = localStorage.getItem('sojourn.theme');
} catch {
  // The browser keeps nothing for this page, as it was told to.
}
const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system;
