// Tells how far the core is, says in a plain sentence if it cannot start, and fetches its second part when that is asked
// for. The only script file written by hand.

// What is scrolled by hand comes to rest at a whole line, too.
addEventListener("scrollend", ({ target: it }) => {
  const line = it.id === "log" || it.id === "terminal" ? parseFloat(getComputedStyle(it).lineHeight) : 0;
  if (line) it.scrollTop = Math.round(it.scrollTop / line) * line;
}, true);

// What few visitors ask for is not in the file that opens the city, but beside it (see split/): it joins the running
// program by the names that that one exports. A program that was not cut in two has no second part to wait for.
let first;
globalThis.fetchSecond = async () => {
  const link = document.querySelector('link[href$="_bg.wasm"]');
  let name = "second";
  try {
    const response = await fetch(link.href.replace("_bg.", "_second."));
    if (!response.ok) throw response;
    await WebAssembly.instantiate(await response.arrayBuffer(), { first });
  } catch {
    name = "nosecond";
  }
  dispatchEvent(new Event(name));
};

export default function () {
  const bar = document.querySelector("#loading progress");
  return {
    onProgress: ({ current, total }) => {
      if (bar && total) bar.value = Math.min(current / total, 1);
    },
    onSuccess: (program) => {
      first = program;
    },
    onFailure: () =>
      cannotStart("The city’s core could not be loaded or started. Check the connection, then load the page again."),
  };
}
