CREATE TABLE "api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_key_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "attempt" (
	"delivery_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"outcome" text NOT NULL,
	"status_code" integer,
	"error" text,
	"request_url" text NOT NULL,
	"request_method" text NOT NULL,
	"request_headers" jsonb NOT NULL,
	"request_body_size" integer NOT NULL,
	"response_headers" jsonb NOT NULL,
	"response_body" "bytea",
	"response_body_size" integer DEFAULT 0 NOT NULL,
	"console" jsonb NOT NULL,
	CONSTRAINT "attempt_delivery_id_number_pk" PRIMARY KEY("delivery_id","number")
) PARTITION BY RANGE ("delivery_id");
--> statement-breakpoint
CREATE TABLE "accepted_batch" (
	"instance_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"requests" integer NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accepted_batch_instance_id_number_pk" PRIMARY KEY("instance_id","number")
);
--> statement-breakpoint
CREATE TABLE "delivery_counter" (
	"webhook_id" uuid NOT NULL,
	"status" text NOT NULL,
	"count" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "delivery_counter_webhook_id_status_pk" PRIMARY KEY("webhook_id","status")
);
--> statement-breakpoint
CREATE TABLE "delivery_delta" (
	"webhook_id" uuid NOT NULL,
	"status" text NOT NULL,
	"count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "destination_minute" (
	"destination_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"delivered" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"latency" integer[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "destination_minute_destination_id_minute_pk" PRIMARY KEY("destination_id","minute")
);
--> statement-breakpoint
CREATE TABLE "webhook_counter" (
	"webhook_id" uuid PRIMARY KEY NOT NULL,
	"stored" bigint DEFAULT 0 NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"expired" bigint DEFAULT 0 NOT NULL,
	"last_request_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_delta" (
	"webhook_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"stored" integer DEFAULT 0 NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"expired" integer DEFAULT 0 NOT NULL,
	"last_request_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_minute" (
	"webhook_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"requests" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "webhook_minute_webhook_id_minute_pk" PRIMARY KEY("webhook_id","minute")
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"webhook_id" uuid NOT NULL,
	"destination_id" uuid NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"crashes" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"lease_token" uuid,
	"last_status_code" integer,
	"last_duration_ms" integer,
	"last_outcome" text,
	"reason" text,
	"filter_failure" jsonb,
	"skip_filter" boolean DEFAULT false NOT NULL,
	"ordering_value" text,
	"replay_id" uuid,
	"replay_of" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "destination_secret" (
	"id" uuid PRIMARY KEY NOT NULL,
	"destination_id" uuid NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "destination_state" (
	"destination_id" uuid PRIMARY KEY NOT NULL,
	"circuit" text DEFAULT 'closed' NOT NULL,
	"circuit_open_until" timestamp (3) with time zone,
	"circuit_openings" integer DEFAULT 0 NOT NULL,
	"consecutive_failures" integer DEFAULT 0 NOT NULL,
	"last_success_at" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"last_status_code" integer,
	"last_error" text,
	"rate_tokens" double precision DEFAULT 1 NOT NULL,
	"rate_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "destination" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"headers" jsonb NOT NULL,
	"forward_headers" text[] NOT NULL,
	"timeout_ms" integer NOT NULL,
	"retry" jsonb NOT NULL,
	"limits" jsonb NOT NULL,
	"filter" jsonb,
	"script" text,
	"ordering_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "login_link" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "replay" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"webhook_id" uuid,
	"status" text NOT NULL,
	"selection" jsonb NOT NULL,
	"position" text,
	"total" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"stepped_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id_hash" "bytea" PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip" text NOT NULL,
	"user_agent" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transformation_version" (
	"webhook_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"script" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "transformation_version_webhook_id_version_pk" PRIMARY KEY("webhook_id","version")
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"picture" text,
	"google_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_login" timestamp (3) with time zone,
	CONSTRAINT "user_email_unique" UNIQUE("email"),
	CONSTRAINT "user_google_id_unique" UNIQUE("google_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"query" text NOT NULL,
	"headers" "bytea" NOT NULL,
	"body" "bytea" NOT NULL,
	"content_type" text,
	"size" integer NOT NULL,
	"event" text,
	"remote_address" text NOT NULL,
	"http_version" text NOT NULL,
	"verification" text NOT NULL,
	"verification_reason" text,
	"duplicate_of" uuid,
	"replay_of" uuid,
	"received_at" timestamp (3) with time zone NOT NULL
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "webhook" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"response" jsonb NOT NULL,
	"verification" jsonb,
	"limits" jsonb NOT NULL,
	"script" text,
	"script_version" integer DEFAULT 0 NOT NULL,
	"script_updated_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destination_minute" ADD CONSTRAINT "destination_minute_destination_id_destination_id_fk" FOREIGN KEY ("destination_id") REFERENCES "public"."destination"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_counter" ADD CONSTRAINT "webhook_counter_webhook_id_webhook_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhook"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_minute" ADD CONSTRAINT "webhook_minute_webhook_id_webhook_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhook"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destination_secret" ADD CONSTRAINT "destination_secret_destination_id_destination_id_fk" FOREIGN KEY ("destination_id") REFERENCES "public"."destination"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destination_state" ADD CONSTRAINT "destination_state_destination_id_destination_id_fk" FOREIGN KEY ("destination_id") REFERENCES "public"."destination"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destination" ADD CONSTRAINT "destination_webhook_id_webhook_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhook"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replay" ADD CONSTRAINT "replay_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transformation_version" ADD CONSTRAINT "transformation_version_webhook_id_webhook_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhook"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook" ADD CONSTRAINT "webhook_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_key_user_idx" ON "api_key" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "delivery_delta_webhook_idx" ON "delivery_delta" USING btree ("webhook_id");--> statement-breakpoint
CREATE INDEX "webhook_delta_webhook_idx" ON "webhook_delta" USING btree ("webhook_id");--> statement-breakpoint
CREATE INDEX "delivery_webhook_idx" ON "delivery" USING btree ("webhook_id","created_at","id");--> statement-breakpoint
CREATE INDEX "delivery_due_idx" ON "delivery" USING btree ("destination_id","next_attempt_at","request_id") WHERE "delivery"."status" in ('pending', 'retrying', 'held');--> statement-breakpoint
CREATE INDEX "delivery_flight_idx" ON "delivery" USING btree ("destination_id","lease_until") WHERE "delivery"."status" = 'delivering';--> statement-breakpoint
CREATE INDEX "delivery_turn_idx" ON "delivery" USING btree ("destination_id","ordering_value","request_id") WHERE "delivery"."ordering_value" is not null and "delivery"."status" in ('pending', 'retrying', 'held', 'delivering');--> statement-breakpoint
CREATE INDEX "delivery_dead_idx" ON "delivery" USING btree ("webhook_id","id") WHERE "delivery"."status" = 'dead';--> statement-breakpoint
CREATE INDEX "delivery_replay_idx" ON "delivery" USING btree ("replay_id") WHERE "delivery"."replay_id" is not null;--> statement-breakpoint
CREATE INDEX "destination_secret_destination_idx" ON "destination_secret" USING btree ("destination_id");--> statement-breakpoint
CREATE INDEX "destination_webhook_idx" ON "destination" USING btree ("webhook_id","id");--> statement-breakpoint
CREATE INDEX "replay_user_idx" ON "replay" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "session_user_idx" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "webhook_request_webhook_idx" ON "webhook_request" USING btree ("webhook_id","id");--> statement-breakpoint
CREATE INDEX "webhook_user_idx" ON "webhook" USING btree ("user_id","id");--> statement-breakpoint
CREATE TABLE "accepted_instance" (
	"instance_id" uuid PRIMARY KEY NOT NULL,
	"contiguous_to" integer DEFAULT 0 NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"last_stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
