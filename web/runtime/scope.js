// The global object of the Go program, in place of the page's (internal/dist
// puts it there). A page may have globals called fs, process or path, also by an
// element's id: Go would take them for Node's. Only what a program looks up is
// here.
export const scope = { window, console, Object, Array };
