// <sign-in>: a sign-in form with styles of its own, which those of the page do not reach.
class SignIn extends HTMLElement {
  #detach;

  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.replaceChildren(this.#form());
    // A page's scripts, keygen-auth among them, do not look into shadow roots by themselves.
    this.#detach = window.keygenAuth.attach(root);
  }

  disconnectedCallback() {
    this.#detach();
  }

  #form() {
    const form = document.createElement("form");
    form.id = "login";
    form.method = "dialog"; // nothing is sent where the module could not be loaded
    form.noValidate = true;
    form.append(
      this.#row("email", "Email", { type: "email", autocomplete: "username" }),
      this.#row("password", "Password", { type: "password", autocomplete: "current-password" }),
      Object.assign(document.createElement("button"), { textContent: "Sign in" }),
    );
    return form;
  }

  #row(name, text, properties) {
    const row = document.createElement("p");
    const label = Object.assign(document.createElement("label"), { textContent: text + " ", htmlFor: name });
    row.append(label, Object.assign(document.createElement("input"), { id: name, name, ...properties }));
    return row;
  }
}

customElements.define("sign-in", SignIn);
