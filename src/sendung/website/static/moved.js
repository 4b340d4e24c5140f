// A link with a time keeps it; what stands in the page's head would lose it.
location.replace(document.querySelector("a").href + location.hash);
