/* Passing figures on: their address or HTML into the clipboard, and a picture of them as it stands
   on the page, made in this browser. What is done is said in the row and aloud. */
(function () {
  "use strict";
  var PAD = 24;
  var WIDTH = 1200;          // how many dots a picture has across, or more
  var MOST = 4e7;            // and how many in all, which every browser can hold
  var LEFT_OUT = ".tools, .figure-stamp, [data-figure] > figcaption, details, form, nav, .hidden";
  var LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-linejoin", "stroke-linecap", "opacity", "font-family", "font-size", "font-weight",
    "text-anchor", "visibility", "display"];

  // Without a script there are no buttons, and the address is a link.
  document.documentElement.classList.add("scripted");

  function say(button, words) {
    button.closest(".tools").querySelector("[data-said]").textContent = words;
    var spoken = document.getElementById("announcer");
    spoken.textContent = "";
    setTimeout(function () { spoken.textContent = words; }, 50);
  }

  /* --- the clipboard --- */

  function copy(words) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(words);
    }
    var area = document.createElement("textarea");
    var before = document.activeElement;
    area.value = words;
    area.className = "hidden";
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    before.focus();
    return done ? Promise.resolve() : Promise.reject(new Error("refused"));
  }

  function copied(button) {
    var words = button.dataset.copy;
    if (words[0] === "/") { words = new URL(words, location.href).href; }
    copy(words).then(function () { say(button, button.dataset.done); },
      function () { say(button, "Your browser does not allow copying. Copy this: " + words); });
  }

  /* --- pictures --- */

  function loaded(source) {
    return new Promise(function (resolve, reject) {
      var image = new Image();
      image.onload = function () { resolve(image); };
      image.onerror = reject;
      image.src = source;
    });
  }

  /* A drawing with its looks in itself, since a picture knows no style sheet. */
  function drawing(svg, box) {
    var twin = svg.cloneNode(true);
    var to = twin.querySelectorAll("*");
    function dress(from, into) {
      var style = getComputedStyle(from);
      into.setAttribute("style", LOOKS.map(function (name) {
        return name + ":" + style.getPropertyValue(name);
      }).join(";"));
    }
    dress(svg, twin);
    svg.querySelectorAll("*").forEach(function (part, number) { dress(part, to[number]); });
    twin.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    twin.setAttribute("width", box.width);
    twin.setAttribute("height", box.height);
    return "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(twin));
  }

  function font(style) {
    return [style.fontStyle, style.fontWeight, style.fontSize, style.fontFamily].join(" ");
  }

  /* What there is to draw in a part of the page, in order: boxes, words, drawings. */
  function collect(node, pieces) {
    if (node.nodeType === Node.TEXT_NODE) { words(node, pieces); return; }
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(LEFT_OUT)) { return; }
    var style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden") { return; }
    var box = node.getBoundingClientRect();
    if (node.matches(".js-plotly-plot")) {
      pieces.push({ box: box, image: window.Plotly.toImage(node, {
        format: "svg", width: Math.round(box.width), height: Math.round(box.height) }) });
      return;
    }
    if (node.tagName.toLowerCase() === "svg") {
      pieces.push({ box: box, image: Promise.resolve(drawing(node, box)) });
      return;
    }
    if (node.tagName === "IMG") {
      pieces.push({ box: box, image: Promise.resolve(node.src) });
      return;
    }
    pieces.push({ box: box, fill: style.backgroundColor });
    var shape = /url\("data:image\/svg\+xml,(.*)"\)/.exec(
      node.matches(".tag, .mark-only") ? style.getPropertyValue("--shape") : "");
    if (shape) {
      var size = parseFloat(style.fontSize) * 0.8;
      var mark = shape[1].replace(/red/g, style.color).replace("<svg ", "<svg fill='" +
        style.color + "' width='" + size + "' height='" + size + "' ");
      pieces.push({ image: Promise.resolve("data:image/svg+xml," + encodeURIComponent(mark)),
        box: new DOMRect(box.left + parseFloat(style.paddingLeft),
          box.top + (box.height - size) / 2, size, size) });
    }
    // A table's box has its caption in it, which its border has not.
    (node.tagName === "TABLE" ? [] : ["Top", "Bottom"]).forEach(function (side) {
      var wide = parseFloat(style["border" + side + "Width"]);
      if (wide && style["border" + side + "Style"] !== "none") {
        pieces.push({ fill: style["border" + side + "Color"], box: new DOMRect(box.left,
          side === "Top" ? box.top : box.bottom - wide, box.width, wide) });
      }
    });
    if (node.matches("ol:not(.funnel) > li")) {
      var number = Array.prototype.indexOf.call(node.parentNode.children, node) + 1;
      pieces.push({ box: new DOMRect(box.left - 20, box.top, 16, box.height),
        words: number + ".", font: font(style), fill: style.color });
    }
    node.childNodes.forEach(function (child) { collect(child, pieces); });
  }

  /* Word by word, so that lines break where they do on the page. */
  function words(node, pieces) {
    var style = getComputedStyle(node.parentNode), range = document.createRange(), match;
    var pattern = /\S+/g;
    while ((match = pattern.exec(node.data))) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      var box = range.getBoundingClientRect();
      if (box.width) {
        pieces.push({ box: box, words: match[0], font: font(style), fill: style.color });
      }
    }
  }

  /* A text in lines no wider than that. */
  function lines(pen, sentence, width) {
    return sentence.split(/\s+/).reduce(function (rows, word) {
      var longer = rows[rows.length - 1] + (rows[rows.length - 1] && " ") + word;
      if (pen.measureText(longer).width > width) { rows.push(word); }
      else { rows[rows.length - 1] = longer; }
      return rows;
    }, [""]).filter(Boolean);
  }

  function draw(figure) {
    var pieces = [];
    Array.prototype.forEach.call(figure.children, function (child) { collect(child, pieces); });
    var left = Math.min.apply(null, pieces.map(function (one) { return one.box.left; }));
    var top = Math.min.apply(null, pieces.map(function (one) { return one.box.top; }));
    var right = Math.max.apply(null, pieces.map(function (one) { return one.box.right; }));
    var bottom = Math.max.apply(null, pieces.map(function (one) { return one.box.bottom; }));
    var caption = figure.querySelectorAll("figcaption p");
    var stamp = figure.querySelector(".figure-stamp");
    var family = getComputedStyle(document.body).fontFamily;
    var ink = getComputedStyle(document.body).color;
    var from = stamp.querySelector("a");
    var texts = [
      { sentence: caption[0].textContent, font: "700 22px " + family, high: 30 },
      { sentence: caption[1].textContent, font: "16px " + family, high: 24 },
      { sentence: stamp.querySelector("span").textContent + " " + from.textContent + ", " +
        location.host + from.pathname + ".", font: "13px " + family, high: 20 }
    ];
    return Promise.all(pieces.map(function (one) { return one.image && one.image.then(loaded); }))
      .then(function (images) {
        var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
        var width = Math.max(right - left, 480);
        texts.forEach(function (text) {
          pen.font = text.font;
          text.lines = lines(pen, text.sentence, width);
          text.tall = text.lines.length * text.high;
        });
        var start = PAD + texts[0].tall + texts[1].tall + PAD / 2;
        var high = start + bottom - top + PAD + texts[2].tall + PAD, wide = width + 2 * PAD;
        var scale = Math.min(Math.max(2, WIDTH / wide), Math.sqrt(MOST / (wide * high)));
        canvas.width = Math.round(wide * scale);
        canvas.height = Math.round(high * scale);
        pen.scale(scale, scale);
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, wide, high);
        pen.textBaseline = "alphabetic";
        function write(text, y) {
          pen.font = text.font;
          pen.fillStyle = ink;
          text.lines.forEach(function (line, number) {
            pen.fillText(line, PAD, y + number * text.high + text.high * 0.75);
          });
        }
        write(texts[0], PAD);
        write(texts[1], PAD + texts[0].tall);
        pieces.forEach(function (one, number) {
          var x = one.box.left - left + PAD, y = one.box.top - top + start;
          pen.fillStyle = one.fill || ink;
          if (one.image) { pen.drawImage(images[number], x, y, one.box.width, one.box.height); }
          else if (one.words) {
            pen.font = one.font;
            pen.fillText(one.words, x, y + pen.measureText(one.words).fontBoundingBoxAscent);
          } else { pen.fillRect(x, y, one.box.width, one.box.height); }
        });
        write(texts[2], start + bottom - top + PAD);
        return new Promise(function (resolve) { canvas.toBlob(resolve, "image/png"); });
      });
  }

  function save(button) {
    say(button, "Making the picture …");
    draw(button.closest("figure")).then(function (blob) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = button.dataset.png + ".png";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
      say(button, "Picture saved");
    }).catch(function () { say(button, "This browser could not make the picture"); });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest(".tools button");
    if (!button) { return; }
    if (button.dataset.copy) { copied(button); } else if (button.dataset.png) { save(button); }
  });
})();
