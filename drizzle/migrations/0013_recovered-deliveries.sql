-- A dead delivery whose request was replayed to the same destination with success is `recovered`.
ALTER TABLE "delivery" ADD COLUMN "recovered_by" uuid;--> statement-breakpoint
-- On the parent alone: no scan and no long lock. Partitions made from now on have it; in older ones recovered deliveries
-- are found by the index of their webhook until retention drops the partition.
CREATE INDEX "delivery_recovered_idx" ON ONLY "delivery" USING btree ("webhook_id","created_at","id") WHERE "delivery"."status" = 'recovered';--> statement-breakpoint
-- Requests stored so long after they were received that a reader of newer ones may have passed their place in the list.
CREATE TABLE "late_request" (
	"webhook_id" uuid NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"request_id" uuid NOT NULL,
	CONSTRAINT "late_request_webhook_id_stored_at_request_id_pk" PRIMARY KEY("webhook_id","stored_at","request_id")
);
