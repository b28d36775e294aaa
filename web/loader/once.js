// once runs main, which puts keygenAuth on the page, unless it is there, and
// returns it. What main needs looks for the page as soon as it is run, so it is
// not imported before: a server that renders pages imports the module, too.
export function once(main) {
  if (typeof window !== "object")
    throw new Error("keygen-auth: start() needs a page: on a server, only import the module and call start() in the browser");
  if (!Object.hasOwn(window, "keygenAuth")) main();
  return window.keygenAuth;
}
