// Keeps every state that any shop shows, however short, in `shopHistory`, and can press pause at a moment.
// A script in the page sees each change as it is drawn; a test that asks from outside would miss some.
(() => {
  if (window.shopHistory) return;
  window.shopHistory = [];
  const last = new Map();
  let moment = null;

  const look = () => {
    for (const shop of document.querySelectorAll("[data-node][data-role]")) {
      const { node, shard, role, state } = shop.dataset;
      const now = `${role} ${state}`;
      if (last.get(node) === now) continue;
      last.set(node, now);
      window.shopHistory.push({ node, shard, role, state });
    }
    if (moment?.()) {
      moment = null;
      document.querySelector('[data-act="pause"]')?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
  };

  // Whether a shop showed these states in this order, perhaps with others between.
  window.shopShowed = (node, states) => {
    let next = 0;
    for (const entry of window.shopHistory) {
      if (entry.node === node && entry.state === states[next]) next += 1;
    }
    return next === states.length;
  };

  // Presses pause as soon as the test is true.
  window.pauseAt = (test) => {
    moment = test;
    look();
  };

  new MutationObserver(look).observe(document.body, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
  look();
})();
