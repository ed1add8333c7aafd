// Draw each figure from the JSON beside it; say so in its place if that fails.
(async () => {
  const blocks = document.querySelectorAll("script.figure");
  for (const block of blocks) {
    const place = document.getElementById(block.dataset.target);
    try {
      await Bokeh.embed.embed_item(JSON.parse(block.textContent), place.id);
    } catch (error) {
      place.textContent = "This figure could not be drawn: " + error;
      place.classList.add("error");
    }
  }
  document.documentElement.dataset.drawn = String(blocks.length);
})();
