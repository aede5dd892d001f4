-- What a webhook does with requests whose signature check failed. Webhooks that exist keep delivering them; new ones hold.
ALTER TABLE "webhook" ADD COLUMN "on_verification_failure" text DEFAULT 'deliver' NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook" ALTER COLUMN "on_verification_failure" SET DEFAULT 'hold';--> statement-breakpoint
ALTER TABLE "webhook_request" ADD COLUMN "refused" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery" ADD COLUMN "held_for" text;--> statement-breakpoint
ALTER TABLE "delivery" ADD COLUMN "held_ordering_value" text;
