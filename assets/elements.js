/* The browser's half of dashboard/components/design/element.py: draws one HTML or SVG
   element, of components or of HTML. */
(function () {
  "use strict";
  var TAGS = ("div img input svg g path rect circle line polyline polygon title desc text " +
    "use defs pattern").split(" ");

  function Element(props) {
    if (TAGS.indexOf(props.tag) < 0) { return null; }
    var attributes = {};
    Object.keys(props.attributes || {}).forEach(function (name) {
      if (/^on/i.test(name) || name === "dangerouslySetInnerHTML") { return; }
      attributes[name] = props.attributes[name];
    });
    var children = props.children === null ? undefined : props.children;
    return window.React.createElement(props.tag, attributes, children);
  }

  /* Its inside was written, and escaped, by the server, as the first page was. */
  function Markup(props) {
    var attributes = Object.assign({}, props.attributes);
    attributes.dangerouslySetInnerHTML = { __html: props.inside };
    return window.React.createElement(props.tag, attributes);
  }

  window.dashboard = Object.assign(window.dashboard || {}, { Element: Element, Markup: Markup });
})();
