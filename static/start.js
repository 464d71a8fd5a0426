// Tells how far the core is, and says in a plain sentence if it cannot start. The only script file written by hand.
export default function () {
  const bar = document.querySelector("#loading progress");
  return {
    onProgress: ({ current, total }) => {
      if (bar && total) bar.value = Math.min(current / total, 1);
    },
    onFailure: () =>
      cannotStart("The city’s core could not be loaded or started. Check the connection, then load the page again."),
  };
}
