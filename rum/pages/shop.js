// A page of a shop, the same with every SDK: a banner that comes late and moves the page, a login that takes long, a request that succeeds,
// a change of the route, a request that fails, an error that nobody catches and a rejection that nobody handles.
const SLOW_MS = 80;

const on = (id, act) => document.getElementById(id).addEventListener('click', act);

on('add', async () => {
  await fetch('/api/cart?item=42', { method: 'POST', body: '{}' });
  document.getElementById('state').textContent = 'added';
});
on('checkout', () => {
  history.pushState({}, '', '/checkout?step=1');
  document.getElementById('state').textContent = 'checkout';
});
on('pay', async () => {
  const response = await fetch('/api/pay', { method: 'POST', body: '{}' });
  document.getElementById('state').textContent = `pay ${response.status}`;
});
on('break', () => {
  setTimeout(() => {
    document.getElementById('state').textContent = 'broken';
    throw new TypeError('cart.total is not a function');
  });
});
on('reject', () => {
  setTimeout(() => {
    document.getElementById('state').textContent = 'rejected';
    void Promise.reject(new RangeError('the card was declined'));
  });
});
on('login', () => {
  const end = performance.now() + SLOW_MS;
  while (performance.now() < end);
  window.identifyUser?.('user-4711');
  document.getElementById('state').textContent = 'logged in';
});
requestAnimationFrame(() => {
  setTimeout(() => {
    document.getElementById('banner').style.height = '120px';
    requestAnimationFrame(() => {
      setTimeout(() => {
        document.getElementById('state').textContent = 'ready';
      });
    });
  }, 50);
});
