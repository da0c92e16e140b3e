// What only a ticket's page needs beside the workspace: each of these works on the composer or the conversation.
import "./mentions.js";
import "./recipients.js";
import "./pictures.js";
import "./texting.js";
