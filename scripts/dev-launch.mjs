import { launch } from '../launcher/src/launch/launch.ts'

await launch(process.env)
