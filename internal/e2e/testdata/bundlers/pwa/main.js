import { start } from "keygen-auth";
import { settings } from "./settings.js";

start(settings);
