// Renders Segment's snippet as its package does. Usage: node snippet.mjs '{"host", "apiKey", ...}'
import snippet from "@segment/snippet";

process.stdout.write(snippet.max(JSON.parse(process.argv[2])));
