-- Bytes of bodies that were stored once and removed since: stored_bytes - expired_bytes is what a webhook holds now.
ALTER TABLE "webhook_delta" ADD COLUMN "expired_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_counter" ADD COLUMN "expired_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- The removed rows can no longer be measured: they count with the average size of their webhook.
UPDATE "webhook_counter" SET "expired_bytes" = least("stored_bytes", round("stored_bytes"::numeric * "expired" / "stored"))
  WHERE "expired" > 0 AND "stored" > 0;--> statement-breakpoint
CREATE OR REPLACE VIEW "webhook_total" AS
  SELECT webhook_id, sum(stored)::bigint AS stored, sum(stored_bytes)::bigint AS stored_bytes,
         sum(expired)::bigint AS expired, max(last_request_at) AS last_request_at,
         sum(expired_bytes)::bigint AS expired_bytes
  FROM (
    SELECT webhook_id, stored, stored_bytes, expired, last_request_at, expired_bytes FROM webhook_counter
    UNION ALL
    SELECT webhook_id, stored, stored_bytes, expired, last_request_at, expired_bytes FROM webhook_delta
  ) AS parts GROUP BY webhook_id;--> statement-breakpoint
-- Requests of a user per day (UTC). Webhooks that were deleted since are included.
CREATE TABLE "user_day" (
	"user_id" uuid NOT NULL REFERENCES "public"."user"("id") ON DELETE CASCADE,
	"day" date NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "user_day_user_id_day_pk" PRIMARY KEY("user_id","day")
);
