// Starts every part of the workspace. Each module owns one thing and listens for itself.
import "./times.js";
import "./countdown.js";
import "./overlay.js";
import "./list.js";
import "./composer.js";
import "./chat.js";
import "./calls.js";
import "./files.js";
import "./format.js";
import "./undo.js";
import "./live.js";
import "./deeds.js";
import "./notes.js";
import "./fields.js";
import "./keys.js";
