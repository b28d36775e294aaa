"use client";

import { useEffect } from "react";
import { start } from "keygen-auth";
import { settings } from "../settings.js";

export default function Page() {
  useEffect(() => void start(settings), []);
  return (
    <>
      <form id="login" method="dialog">
        <label>Email <input type="email" name="email" id="email" /></label>
        <label>Password <input type="password" name="password" id="password" /></label>
        <button>Login</button>
      </form>
      <p data-keygen-show="signed-in" suppressHydrationWarning>
        Hello <b data-keygen-text="user.email"></b>
      </p>
    </>
  );
}
