// Takes each frame's figures from inside the page, by the page's own clock, before the page's first script runs.
(() => {
  const ask = window.requestAnimationFrame.bind(window);
  const cancel = window.cancelAnimationFrame.bind(window);
  const second = new Map();
  let frames = [];
  let since = [0, 0];
  const now = () => [performance.now(), Number(document.querySelector("[data-time-ms]")?.dataset.timeMs)];
  window.framesDrawn = 0;
  window.requestAnimationFrame = (call) => {
    let began = 0;
    const id = ask((clock) => {
      second.delete(id);
      window.framesDrawn += 1;
      began = performance.now();
      call(clock);
    });
    // A frame's callbacks run one after the other, each with the promises that it kept: where the second one begins, all
    // script of the first has ended. What it asks for then has the browser do style and layout at once, which it would
    // have done right after.
    second.set(id, ask((clock) => {
      const scripted = performance.now();
      document.documentElement.getBoundingClientRect();
      frames.push({ clock, script: scripted - began, layout: performance.now() - scripted });
    }));
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    cancel(id);
    cancel(second.get(id) ?? 0);
    second.delete(id);
  };

  const at = (values, share) => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor((sorted.length - 1) * share)] : 0;
  };
  const both = (values) => [at(values, 0.5), at(values, 0.99)];
  window.framesStart = () => {
    frames = [];
    since = now();
  };
  // Until so many frames are taken, or so many milliseconds have gone by.
  window.framesOf = (count, limit) => {
    framesStart();
    const until = performance.now() + limit;
    return new Promise((done) => {
      const look = () => {
        if (frames.length >= count || performance.now() > until) done(frames.length);
        else setTimeout(look, 100);
      };
      look();
    });
  };
  window.framesFigures = () => {
    const gaps = frames.slice(1).map((frame, nth) => frame.clock - frames[nth].clock);
    const share = (values, over) => values.filter((value) => value > over).length / Math.max(values.length, 1);
    return {
      frames: frames.length,
      // Virtual time against the wall's.
      speed: (now()[1] - since[1]) / (now()[0] - since[0]),
      script: both(frames.map((frame) => frame.script)),
      layout: both(frames.map((frame) => frame.layout)),
      work: both(frames.map((frame) => frame.script + frame.layout)),
      a_second: 1000 / (gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(gaps.length, 1)),
      // The clock of frames ticks in steps of 16.67 ms: the first value above is a frame left out.
      left_out: share(gaps, 20),
      over: share(frames.map((frame) => frame.script + frame.layout), 16.7),
    };
  };

  // The program's memory, which no list of the browser's names.
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...given) => {
    const made = await instantiate.apply(WebAssembly, given);
    window.wasmMemory = made.instance.exports.memory;
    return made;
  };

  // When the city can be used: its shops, or its map, are the program's own and no picture any more.
  const usable = new MutationObserver(() => {
    if (!document.querySelector("#command") || !document.querySelector(".racks")) return;
    usable.disconnect();
    window.mountedAt = performance.now();
    ask(() => ask(() => (window.usableAt = performance.now())));
  });
  addEventListener("DOMContentLoaded", () => usable.observe(document.body, { childList: true, subtree: true }));

  // Types a line and sends it.
  window.send = (text) => {
    const line = document.querySelector("#command");
    line.value = text;
    line.dispatchEvent(new Event("input", { bubbles: true }));
    line.form.requestSubmit();
  };
})();
