// Tells how far the core is, and says in a plain sentence if it cannot start. The only script written by hand.
const note = document.getElementById("loading");
const say = (sentence) => {
  if (!note?.isConnected) return;
  note.className = "failed";
  note.setAttribute("role", "alert");
  note.textContent = sentence;
};
export default function () {
  const bar = note?.querySelector("progress");
  return {
    onProgress: ({ current, total }) => {
      if (bar && total) bar.value = Math.min(current / total, 1);
    },
    onFailure: () => say("The city’s core could not be loaded. Check the connection, then load the page again."),
  };
}
