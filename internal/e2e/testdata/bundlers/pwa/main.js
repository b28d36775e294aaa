import { start } from "keygen-auth";
import { settings } from "./settings.js";

start(settings);
const url = trustedTypes.createPolicy("pwa", { createScriptURL: () => "/sw.js" }).createScriptURL("");
navigator.serviceWorker.register(url).then(() => navigator.serviceWorker.ready).then(() => (window.installed = true));
