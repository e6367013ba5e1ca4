// Runs before the first paint, so that the page does not flash in another theme. The user’s choice comes first.
let chosen;
try {
  chosen = localStorage.getItem('sojourn.theme');
} catch {
  // The browser allows no storage for this page.
}
const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system;
