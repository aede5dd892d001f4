ALTER TABLE "destination" ADD COLUMN "append_path" boolean DEFAULT false NOT NULL;
