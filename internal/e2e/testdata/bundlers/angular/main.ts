import { Component } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { start } from "keygen-auth";
import { settings } from "./settings.js";

@Component({
  selector: "app-root",
  template: `
    <form id="login" method="dialog">
      <label>Email <input type="email" name="email" id="email" /></label>
      <label>Password <input type="password" name="password" id="password" /></label>
      <button>Login</button>
    </form>
    <p data-keygen-show="signed-in">Hello <b data-keygen-text="user.email"></b></p>
  `,
})
class App {}

start(settings);
void bootstrapApplication(App);
