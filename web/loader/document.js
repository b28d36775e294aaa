// The page's document with the members that the platform gives it. An image, form
// or frame of the page that is named like one hides it on the document itself:
// what a visitor may write into a page must not decide whose settings count, nor
// where passwords go. (A window has its own members first.)
export const document = new Proxy(window.document, {
  get(target, name) {
    const member = Reflect.get(Document.prototype, name, target);
    return member?.bind ? member.bind(target) : member;
  },
});

// makeLink returns a <link> for what is fetched as scripts do.
export const makeLink = (rel, href, more) =>
  Object.assign(document.createElement("link"), { rel, href, crossOrigin: "", ...more });
