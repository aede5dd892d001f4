import { launch } from '../drizzle/src/launch/launch.ts'

await launch(process.env)
