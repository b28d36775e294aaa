import { useState } from "react";
import { keygenAuth, useSession } from "./auth.js";

// What was typed into a page from a server before React was there: else it goes with the first render.
const typed = (id) => globalThis.document?.getElementById(id)?.value ?? "";

export function App() {
  const session = useSession();
  const [email, setEmail] = useState(() => typed("email"));
  const [password, setPassword] = useState(() => typed("password"));

  if (session)
    return (
      <p>
        Signed in as <b data-keygen-text="user.email" />.{" "}
        <button type="button" onClick={() => keygenAuth.signOut()}>Sign out</button>
      </p>
    );
  return (
    <form id="login" method="dialog" noValidate>
      <p>
        <label htmlFor="email">Email</label>{" "}
        <input id="email" name="email" type="email" autoComplete="username" value={email} onChange={(event) => setEmail(event.target.value)} />
      </p>
      <p>
        <label htmlFor="password">Password</label>{" "}
        <input id="password" name="password" type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </p>
      {/* On a page from a server it may say something before React is there. */}
      <div data-keygen-error="" role="alert" hidden suppressHydrationWarning>{""}</div>
      <button>Sign in</button>
    </form>
  );
}
