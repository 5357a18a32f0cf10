// npm telegram-test-api: how others have understood Telegram's Bot API. Driven by lines of JSON, each answered by one:
// {"say": text} writes to the bot, {"press": payload} presses a button, {"history": true} tells all that was said.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'

const TelegramServer = createRequire(import.meta.url)('telegram-test-api')
const [port, token, chat] = process.argv.slice(2)
const server = new TelegramServer({ port: Number(port), host: '127.0.0.1', storage: 'RAM', storeTimeout: 600 })
await server.start()
const client = server.getClient(token, { chatId: Number(chat), firstName: 'Ann', userName: 'ann', type: 'private' })
console.log('ready')

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  if (order.say) await client.sendMessage(client.makeMessage(order.say))
  if (order.press) await client.sendCallback(client.makeCallbackQuery(order.press))
  console.log(JSON.stringify(order.history ? await client.getUpdatesHistory() : {}))
}
await server.stop()
