-- The first database is made by the image. This is the one of running workflows.
CREATE DATABASE steward_workflows OWNER steward;
