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

  const findSeen = (count, seen) => {
    for (let at = 0; at < count; at += 1) if (seen(at)) return at;
    return -1;
  };
  // Where on the window the uppermost message is, by what is painted of it; null where there is none.
  const paper = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  window.flight = () => {
    const canvas = document.querySelector("#fliers");
    const { width, height } = canvas;
    Object.assign(paper.canvas, { width, height });
    paper.drawImage(canvas, 0, 0);
    const { data } = paper.getImageData(0, 0, width, height);
    const seen = (at) => data[4 * at + 3] > 128;
    const first = findSeen(width * height, seen);
    if (first < 0) return null;
    let last = first;
    while (seen(last + 1)) last += 1;
    const box = canvas.getBoundingClientRect();
    const part = box.width / width;
    // A letter is 16 pixels high.
    return [
      box.left + ((first % width) + (last % width) + 1) / 2 * part,
      box.top + Math.floor(first / width) * part + 8,
    ];
  };

  new MutationObserver(look).observe(document.body, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
  look();
})();
