/* A figure inside somebody else's page tells that page how high it is, so that its frame can be as
   high. Sent with what stands in a frame only (see dashboard/web/document.py). */
(function () {
  "use strict";
  if (window.parent === window || !window.ResizeObserver) { return; }
  var last = 0;

  function tell() {
    var main = document.getElementById("main");
    // Not the document's height, which is never less than that of the frame.
    var height = Math.ceil(main.getBoundingClientRect().bottom + window.scrollY);
    if (!height || height === last) { return; }
    last = height;
    // To whoever shows us: only sites that are allowed to can, and a height is no secret.
    window.parent.postMessage({ figureHeight: height }, "*");
  }

  new ResizeObserver(tell).observe(document.getElementById("main"));
})();
