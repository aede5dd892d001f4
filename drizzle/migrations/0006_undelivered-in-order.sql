-- What stands undelivered is found in the order of the list, each status by itself; it was looked for among all deliveries.
DROP INDEX "delivery_dead_idx";--> statement-breakpoint
CREATE INDEX "delivery_undelivered_idx" ON "delivery" USING btree ("webhook_id","status","created_at","id") WHERE "delivery"."status" in ('retrying', 'held', 'dead', 'filtered', 'cancelled');