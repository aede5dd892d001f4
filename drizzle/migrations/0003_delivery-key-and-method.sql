ALTER TABLE "webhook_request" ADD COLUMN "delivery_key" uuid;--> statement-breakpoint
CREATE INDEX "webhook_request_delivery_key_idx" ON "webhook_request" USING btree ("delivery_key","id") WHERE "webhook_request"."delivery_key" is not null;--> statement-breakpoint
CREATE INDEX "webhook_request_method_idx" ON "webhook_request" USING btree ("webhook_id","method","id") WHERE "webhook_request"."method" <> 'POST';
