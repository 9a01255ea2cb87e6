// Reads feeds with feedsmith: a JSON string in each line, a JSON value out.
import { createInterface } from "node:readline";
import { parseFeed } from "feedsmith";

for await (const line of createInterface({ input: process.stdin })) {
  const { feed } = parseFeed(JSON.parse(line));
  console.log(JSON.stringify(feed.items ?? feed.entries));
}
