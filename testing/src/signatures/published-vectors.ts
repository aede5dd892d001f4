import type { VerificationProvider } from '@whook/shared'

export interface Vector {
  name: string
  provider: VerificationProvider
  secret: string
  method?: string
  url?: string
  body: string
  headers: Record<string, string>
  /** Unix time in seconds. */
  at?: number
}

const standardSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const slackBody =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
  '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
  '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
  '803a0bc887a14d10d2c447fce8b6703c'
const hubspotSecret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'
const sendgridBody =
  '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",' +
  '"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",' +
  '"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",' +
  '"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
const twilio = (phone: string, signature: string): Vector => ({
  name: `Twilio, ${phone}`,
  provider: 'twilio',
  secret: '12345',
  url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
  body: new URLSearchParams({
    To: '+18005551212',
    CallSid: 'CA1234567890ABCDE',
    Caller: phone,
    Digits: '1234',
    From: phone,
  }).toString(),
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature },
})

/** Examples from the documentation of providers or from the tests of their libraries. */
export const publishedVectors: Vector[] = [
  {
    name: 'Standard Webhooks',
    provider: 'standard',
    secret: standardSecret,
    body: '{"test": 2432232314}',
    at: 1614265330,
    headers: {
      'Webhook-Id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'Webhook-Timestamp': '1614265330',
      'Webhook-Signature': 'v1a,zzz v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  },
  {
    name: 'Svix',
    provider: 'standard',
    secret: standardSecret,
    body: '{"test": 2432232314}',
    at: 1614265330,
    headers: {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  },
  {
    name: 'GitHub, documentation',
    provider: 'github',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: {
      'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  },
  {
    name: 'GitHub, JSON',
    provider: 'github',
    secret: 'mysecret',
    body: '{"foo":"bar"}',
    headers: {
      'x-hub-signature-256': 'sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3',
    },
  },
  {
    name: 'Shopify',
    provider: 'shopify',
    secret: 'test_secret_key',
    body: '{"foo": "bar"}',
    headers: { 'X-Shopify-Hmac-Sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
  },
  {
    name: 'Shopify events',
    provider: 'shopify',
    secret: 'test_secret_key',
    body: '{"foo": "bar"}',
    headers: { 'shopify-hmac-sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
  },
  {
    name: 'Slack',
    provider: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: slackBody,
    at: 1531420618,
    headers: {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
  },
  {
    name: 'Paddle',
    provider: 'paddle',
    secret: 'VALID_SECRET',
    body: '{"data": ["1", "2"]}',
    at: 1698796800,
    headers: {
      'Paddle-Signature':
        'ts=1698796800;h1=00;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9',
    },
  },
  {
    name: 'Bitbucket',
    provider: 'bitbucket',
    secret: "It's a Secret to Everybody",
    body: 'Hello World!',
    headers: { 'X-Hub-Signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' },
  },
  {
    name: 'SendGrid',
    provider: 'sendgrid',
    secret:
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
    body: sendgridBody,
    at: 1600112502,
    headers: {
      'X-Twilio-Email-Event-Webhook-Timestamp': '1600112502',
      'X-Twilio-Email-Event-Webhook-Signature':
        'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
    },
  },
  {
    name: 'HubSpot, version 2',
    provider: 'hubspot',
    secret: hubspotSecret,
    method: 'GET',
    url: 'https://www.example.com/webhook_uri',
    body: '',
    headers: {
      'X-HubSpot-Signature-Version': 'v2',
      'X-HubSpot-Signature': 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e',
    },
  },
  {
    name: 'HubSpot, version 2 with a body',
    provider: 'hubspot',
    secret: hubspotSecret,
    url: 'https://www.example.com/webhook_uri',
    body: '{"example_field":"example_value"}',
    headers: {
      'X-HubSpot-Signature-Version': 'v2',
      'X-HubSpot-Signature': '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900',
    },
  },
  {
    name: 'HubSpot, version 1',
    provider: 'hubspot',
    secret: hubspotSecret,
    body:
      '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,' +
      '"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",' +
      '"changeFlag":"NEW","appId":54321}]',
    headers: {
      'X-HubSpot-Signature-Version': 'v1',
      'X-HubSpot-Signature': '232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de',
    },
  },
  {
    name: 'Dropbox',
    provider: 'dropbox',
    secret: 'the_secret',
    body: '{"delta": {"users": [12345]}}',
    headers: { 'X-Dropbox-Signature': '0a8c16b085420b960dc78664279fe09e936a2a01b1f91064869d9e77dfd64529' },
  },
  twilio('+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='),
  twilio('+12349013030', '0/KCTR6DLpKmkAf8muzZqo1nDgQ='),
]
