CREATE TABLE "pending_verification" (
	"request_id" uuid PRIMARY KEY NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "pending_verification_due_idx" ON "pending_verification" USING btree ("due_at");