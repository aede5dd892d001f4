CREATE TABLE "missing_batch" (
	"instance_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"found_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	CONSTRAINT "missing_batch_instance_id_number_pk" PRIMARY KEY("instance_id","number")
);
