-- What must never pass unasked, one statement a paragraph, against the tables of test_table_of_statements.py.
-- ␍ stands for a bare carriage return, ␣ for a no-break space, ␢ for a space of no width, ␛ for a byte order mark.
INSERT INTO orders VALUES (1)

INSERT INTO orders SELECT * FROM orders

INSERT OR REPLACE INTO customers BY NAME SELECT 1 AS id

UPDATE orders SET total = 0

UPDATE orders SET total = 0 WHERE id = 1 RETURNING *

DELETE FROM orders

DELETE FROM orders USING customers WHERE orders.customer_id = customers.id

TRUNCATE orders

TRUNCATE TABLE orders

MERGE INTO orders USING customers ON orders.id = customers.id WHEN MATCHED THEN DELETE

CREATE TABLE x AS SELECT * FROM orders

CREATE OR REPLACE TABLE orders AS SELECT 1

CREATE TEMP TABLE x (a INTEGER)

CREATE VIEW v AS SELECT 1

CREATE OR REPLACE VIEW customers AS SELECT 1

CREATE MACRO lower(x) AS x

CREATE FUNCTION f(x) AS TABLE SELECT * FROM read_text(x)

CREATE SEQUENCE s

CREATE TYPE mood AS ENUM ('a')

CREATE SCHEMA s

CREATE INDEX i ON orders (id)

CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')

CREATE PERSISTENT SECRET s (TYPE http)

ALTER TABLE orders DROP COLUMN total

ALTER TABLE orders RENAME TO x

DROP TABLE orders

DROP TABLE IF EXISTS orders CASCADE

DROP VIEW v

DROP SECRET s

COMMENT ON TABLE orders IS 'x'

COPY orders TO 'x.csv'

COPY (SELECT * FROM orders) TO 's3://bucket/x.parquet' (FORMAT parquet)

COPY orders FROM 'x.csv'

COPY FROM DATABASE memory TO other

COPY (DELETE FROM orders RETURNING *) TO '/dev/stdout'

EXPORT DATABASE 'x'

IMPORT DATABASE 'x'

ATTACH 'x.db'

ATTACH 'https://example.org/x.db' AS x (READ_ONLY)

ATTACH ':memory:' AS y

ATTACH IF NOT EXISTS 'postgres:host=example.org' AS p (TYPE postgres)

DETACH memory

USE other

INSTALL httpfs

FORCE INSTALL spatial FROM community

LOAD httpfs

LOAD '/tmp/x.duckdb_extension'

UPDATE EXTENSIONS

UPDATE EXTENSIONS (httpfs)

SET threads = 1

SET enable_external_access = true

SET VARIABLE x = 1

SET VARIABLE x = (SELECT content FROM read_text('/etc/passwd'))

SET GLOBAL s3_secret_access_key = 'x'

RESET threads

RESET ALL

PRAGMA version

PRAGMA table_info('orders')

PRAGMA enable_profiling

PRAGMA database_list

PRAGMA import_database('x')

PRAGMA add_parquet_key('k', 'x')

PRAGMA force_checkpoint

CALL pragma_version()

CALL force_checkpoint()

CALL enable_logging()

CALL start_ui()

BEGIN

BEGIN TRANSACTION READ WRITE

COMMIT

ROLLBACK

CHECKPOINT

FORCE CHECKPOINT

VACUUM

ANALYZE

PREPARE p AS SELECT 1

EXECUTE p

EXECUTE p(1)

DEALLOCATE p

KILL 1

LISTEN x

SELECT 1; DELETE FROM orders

SELECT 1;DROP TABLE orders;

DELETE FROM orders; SELECT 1

SELECT ';'; TRUNCATE orders

SELECT 1 -- a␍; DELETE FROM orders

SELECT 1 --␍UNION SELECT content FROM read_text('x')

SELECT $a1$ $a$ $a1$; DELETE FROM orders --$a$

SELECT $1a$ || 1 ; DELETE FROM orders

SELECT /* /* */ 1 */ 2; DELETE FROM orders /* */

SELECT /* a /* b */ */ nextval('s')

SELECT 1 /*/ ; DELETE FROM orders /*/

SELECT e'\\'; DELETE FROM orders --'

SELECT '\'; DELETE FROM orders --'

SELECT 1␣; DELETE FROM orders

SELECT 1;␢DELETE FROM orders

SELECT␣nextval('s')

SELECT nextval␣('s')

SELECT nextval/**/('s')

SELECT nextval--␍('s')

SELECT nextval --x
 ('s')

SELECT 1 ﹔ DELETE FROM orders

␛DELETE FROM orders

--␍DELETE FROM orders

-- SELECT 1
DELETE FROM orders

/* SELECT 1 */ DELETE FROM orders

SELECT a$b FROM (SELECT 1 AS a$b) ; DELETE FROM orders

WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM customers

WITH x AS (WITH y AS (SELECT 1) DELETE FROM orders RETURNING *) SELECT 1

SELECT * FROM (WITH x AS (DELETE FROM orders RETURNING *) SELECT 1)

WITH x AS (UPDATE orders SET total = 0 RETURNING *) SELECT * FROM customers

WITH x AS (WITH y AS (SELECT 1) UPDATE orders SET total = 0 RETURNING *) SELECT 1

SELECT * FROM (WITH x AS (UPDATE orders SET total = 0 RETURNING *) SELECT 1)

WITH x AS (INSERT INTO orders SELECT * FROM orders RETURNING *) SELECT * FROM customers

WITH x AS (WITH y AS (SELECT 1) INSERT INTO orders SELECT * FROM orders RETURNING *) SELECT 1

SELECT * FROM (WITH x AS (INSERT INTO orders SELECT * FROM orders RETURNING *) SELECT 1)

WITH x AS (MERGE INTO orders USING customers ON orders.id = customers.id WHEN MATCHED THEN DELETE RETURNING *) SELECT * FROM customers

WITH x AS (WITH y AS (SELECT 1) MERGE INTO orders USING customers ON orders.id = customers.id WHEN MATCHED THEN DELETE RETURNING *) SELECT 1

SELECT * FROM (WITH x AS (MERGE INTO orders USING customers ON orders.id = customers.id WHEN MATCHED THEN DELETE RETURNING *) SELECT 1)

WITH x AS (TRUNCATE orders) SELECT * FROM customers

WITH x AS (WITH y AS (SELECT 1) TRUNCATE orders) SELECT 1

SELECT * FROM (WITH x AS (TRUNCATE orders) SELECT 1)

WITH x AS (COPY orders TO 's3://bucket/x.csv') SELECT * FROM customers

WITH x AS (WITH y AS (SELECT 1) COPY orders TO 's3://bucket/x.csv') SELECT 1

SELECT * FROM (WITH x AS (COPY orders TO 's3://bucket/x.csv') SELECT 1)

WITH x AS MATERIALIZED (DELETE FROM orders RETURNING *) SELECT * FROM x

WITH RECURSIVE x AS (DELETE FROM orders RETURNING *) SELECT * FROM x

WITH "x" AS (/* */ DELETE/**/FROM orders RETURNING id) TABLE "x"

SELECT (WITH x AS (DELETE FROM orders RETURNING id) SELECT max(id) FROM x)

SELECT * FROM customers WHERE id IN (WITH x AS (DELETE FROM orders RETURNING id) SELECT id FROM x)

EXPLAIN ANALYZE WITH x AS (DELETE FROM orders RETURNING *) SELECT 1

EXPLAIN ANALYZE DELETE FROM orders

EXPLAIN (ANALYZE) DELETE FROM orders

EXPLAIN (ANALYZE, FORMAT json) INSERT INTO orders SELECT * FROM orders

EXPLAIN ANALYZE SELECT nextval('s')

EXPLAIN /* x */ ANALYZE UPDATE orders SET total = 0

SUMMARIZE SELECT nextval('s')

DESCRIBE SELECT * FROM read_csv('x.csv')

DESCRIBE 'x.csv'

SUMMARIZE 'https://example.org/x.parquet'

WITH d AS (DELETE FROM orders RETURNING *) INSERT INTO customers SELECT id, status FROM d

CREATE TABLE x AS WITH d AS (DELETE FROM orders RETURNING *) FROM d

PIVOT (WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x) ON status

PIVOT (SELECT *, nextval('s') FROM cities) ON year

PIVOT 'x.csv' ON year

PIVOT read_csv('x.csv') ON year

WITH p AS (PIVOT cities ON year USING sum(population)) SELECT *, nextval('s') FROM p

WITH p AS (PIVOT cities ON year USING sum(population)), d AS (DELETE FROM orders RETURNING *) SELECT * FROM p

PIVOT duckdb_logs ON type

CREATE TABLE x AS PIVOT cities ON year USING sum(population)

FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))

FROM json_execute_serialized_sql(json_serialize_sql('WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x'))

PRAGMA json_execute_serialized_sql('{}')

SELECT json_serialize_plan('SELECT * FROM read_csv(''http://example.org'')')

SELECT json_deserialize_sql(json_serialize_sql('SELECT 1'))

FROM query('SELECT 1')

FROM query('DELETE FROM orders')

FROM query_table('orders')

FROM query_table(['orders', 'customers'])

SELECT * FROM "query"('SELECT 1')

SELECT * FROM QUERY($$SELECT 1$$)

FROM system.main.query('SELECT 1')

FROM histogram('x.csv', a)

FROM histogram_values(orders, total)

SELECT * FROM read_csv('x.csv')

SELECT * FROM read_csv_auto('https://example.org/?a=1')

SELECT * FROM read_parquet(['a.parquet', 'b.parquet'])

SELECT * FROM parquet_scan('*.parquet')

SELECT * FROM read_json('x.json')

SELECT * FROM read_json_objects('x.json')

SELECT * FROM read_ndjson_auto('x')

SELECT * FROM read_text('/etc/passwd')

SELECT * FROM read_blob('/proc/self/environ')

SELECT * FROM glob('/home/*')

SELECT * FROM sniff_csv('x.csv')

SELECT * FROM parquet_metadata('x')

SELECT * FROM parquet_schema('x')

SELECT * FROM read_duckdb('x.db')

SELECT * FROM read_xlsx('x.xlsx')

SELECT * FROM sqlite_scan('a.db', 't')

SELECT * FROM postgres_scan('host=example.org', 'public', 't')

SELECT * FROM postgres_query('p', 'DROP TABLE t')

SELECT * FROM mysql_query('m', 'DELETE FROM t')

SELECT * FROM iceberg_scan('s3://x')

SELECT * FROM delta_scan('s3://x')

SELECT * FROM st_read('x.shp')

SELECT * FROM http_get('https://example.org')

SELECT * FROM duckdb_settings()

SELECT * FROM duckdb_secrets()

SELECT * FROM which_secret('s3://x', 's3')

SELECT * FROM duckdb_logs()

SELECT * FROM duckdb_variables()

SELECT * FROM duckdb_extensions()

SELECT * FROM duckdb_temporary_files()

SELECT * FROM duckdb_external_file_cache()

SELECT * FROM duckdb_prepared_statements()

SELECT * FROM pragma_version()

SELECT * FROM pragma_user_agent()

SELECT * FROM pragma_storage_info('orders')

SELECT * FROM pragma_database_size()

SELECT * FROM force_checkpoint()

SELECT * FROM checkpoint()

SELECT * FROM truncate_duckdb_logs()

SELECT * FROM enable_logging()

SELECT * FROM disable_logging()

SELECT * FROM enable_profiling()

SELECT * FROM create_external_resource('a')

SELECT * FROM register_external_resource('a', 'b')

SELECT * FROM destroy_external_resource('a')

SELECT * FROM deregister_external_resource('a')

SELECT * FROM pandas_scan(1)

SELECT * FROM arrow_scan(1, 2, 3)

SELECT * FROM python_map_function()

SELECT * FROM seq_scan('orders')

SELECT * FROM load_aws_credentials()

SELECT * FROM test_no_such_function()

FROM duckdb_logs

FROM duckdb_settings

SELECT * FROM pg_catalog.pg_settings

FROM system.main.duckdb_logs

SELECT * FROM pg_prepared_statements

SHOW VARIABLES

FROM 'x.csv'

FROM "x.parquet"

FROM 's3://bucket/*.parquet'

FROM '/etc/passwd'

FROM 'x.csv.gz' LIMIT 1

SELECT * FROM orders, 'x.csv'

SELECT * FROM orders JOIN "data/x.csv" USING (id)

SELECT * FROM orders WHERE id IN (FROM 'x.csv')

SELECT * FROM (FROM 'x.json')

TABLE 'x.csv'

SELECT (SELECT count(*) FROM '/etc/passwd.csv')

SELECT 1 INTO OUTFILE 'x'

SELECT * INTO y FROM orders

SELECT nextval('s')

SELECT currval('s')

SELECT setval('s', 1)

SELECT "nextval"('s')

SELECT NextVal('s')

SELECT 's'.nextval()

SELECT main.nextval('s')

SELECT system.main.nextval('s')

SELECT pg_catalog.nextval('s')

SELECT sleep_ms(10000)

SELECT pg_sleep(10)

SELECT setseed(0.5)

SELECT write_log('x')

SELECT getenv('HOME')

SELECT current_setting('s3_secret_access_key')

SELECT getvariable('x')

SELECT current_query()

SELECT txid_current()

SELECT current_connection_id()

SELECT st_area(x) FROM orders

SELECT no_such_macro(total) FROM orders

SELECT * FROM orders ORDER BY nextval('s')

SELECT * FROM orders LIMIT nextval('s')

SELECT * FROM orders LIMIT (SELECT nextval('s'))

SELECT count(*) FILTER (WHERE nextval('s') > 0) FROM orders

SELECT sum(total) OVER (ORDER BY nextval('s')) FROM orders

SELECT * FROM orders QUALIFY nextval('s') > row_number() OVER ()

SELECT sum(total) OVER w FROM orders WINDOW w AS (PARTITION BY nextval('s'))

SELECT total FROM orders GROUP BY total, nextval('s')

SELECT total FROM orders GROUP BY ALL HAVING nextval('s') > max(id)

SELECT * REPLACE (nextval('s') AS id) FROM orders

SELECT list_transform([1], x -> nextval('s'))

SELECT [nextval('s') FOR x IN [1]]

SELECT {'a': nextval('s')}

SELECT CASE WHEN true THEN nextval('s') END

SELECT nextval('s')::VARCHAR COLLATE NOCASE

SELECT TRY(nextval('s'))

SELECT 1 IN (nextval('s'))

SELECT COLUMNS(x -> nextval('s') > 0) FROM orders

SELECT total.nextval() FROM orders

SELECT 'x.txt'.read_text()

VALUES (nextval('s'))

SELECT * FROM range(nextval('s'))

SELECT * FROM orders JOIN customers ON nextval('s') = orders.id

SELECT * FROM orders, LATERAL (SELECT nextval('s')) t

SELECT * FROM (VALUES (nextval('s'))) t

SELECT unnest([nextval('s')])

SELECT date_part(getenv('HOME'), ordered_at) FROM orders

SELECT string_agg(getvariable('x'), ',') FROM orders

SELECT string_agg(status ORDER BY sleep_ms(1)) FROM orders

SELECT * FROM orders UNION ALL (SELECT nextval('s'), 1, 1, 1, 1, 1, 1, 1)

SELECT * FROM orders WHERE EXISTS (SELECT setval('s', 1))

SELECT * FROM json_each(getenv('X'))

WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT nextval('s') FROM r WHERE n < 3) FROM r

SELECT list_aggregate([1], 'sum', nextval('s'))

SELECT DISTINCT ON (nextval('s')) * FROM orders

UNPIVOT (SELECT nextval('s') AS a) ON a

FROM orders SELECT getenv('HOME')

SELECT customer_id, (SELECT content FROM read_text('/etc/passwd')) FROM orders

SELECT * FROM orders TABLESAMPLE 10% WHERE sleep_ms(10) IS NULL

DESCRIBE SELECT getenv('HOME')

SELECT json_execute_serialized_sql('{}')

DO $$ BEGIN END $$

GRANT ALL ON orders TO x

EXPLAIN EXPLAIN ANALYZE DELETE FROM orders

SELECT * FROM no_such_table

SELECT * FROM customers AT (VERSION => nextval('s'))

PIVOT cities ON year IN (SELECT nextval('s'))

FROM (SUMMARIZE 'x.csv')

FROM (DESCRIBE SELECT nextval('s'))

SELECT * FROM (SHOW VARIABLES)

SELECT * FROM customers WHERE (SELECT count(*) FROM duckdb_secrets()) > 0

SELECT unnest(['a'], max_depth := nextval('s'))

SELECT struct_pack(a := nextval('s'))

SELECT list_transform([1], lambda x: nextval('s'))

SELECT list_reduce([1,2], lambda a, b: a + setval('s', b))

SELECT * FROM customers c JOIN LATERAL query('SELECT 1') ON true

SELECT * FROM (VALUES (1)) t, read_csv('x.csv')

FROM read_csv('x.csv', sql := 'x')

SELECT * FROM range(1) WHERE getenv('x') IS NULL

SELECT current_setting('home_directory') || name FROM customers

SELECT name.current_setting() FROM customers

SELECT json_extract(json_serialize_sql('SELECT 1'), '$')

SELECT regexp_replace(name, 'a', getenv('X')) FROM customers

SELECT map([nextval('s')], [1])

SELECT grouping(nextval('s')) FROM orders GROUP BY nextval('s')

SELECT x FROM (SELECT setseed(1) AS x)

SELECT ifnull(NULL, nextval('s'))

SELECT nullif(1, nextval('s'))

SELECT coalesce(nextval('s'), 1)

SELECT nextval('s') BETWEEN 1 AND 2

SELECT CAST(nextval('s') AS VARCHAR)

SELECT -nextval('s')

SELECT NOT nextval('s')::BOOL

SELECT nextval('s') IS NULL

SELECT a[nextval('s')] FROM (SELECT [1] AS a)

SELECT {'a': 1}[getenv('x')]

SELECT INTERVAL (nextval('s')) DAY

SELECT * FROM orders ORDER BY 1, CASE WHEN nextval('s') > 1 THEN 1 END

SELECT * FROM orders USING SAMPLE 10 WHERE nextval('s') > 0

SELECT EXTRACT(year FROM getvariable('x'))

SELECT * FROM orders WHERE id IN (nextval('s'), 2)

SELECT array_agg(id ORDER BY nextval('s')) FROM orders

SELECT quantile_cont(total, getvariable('q')) FROM orders

SELECT lag(total, nextval('s')) OVER (ORDER BY id) FROM orders

SELECT sum(total) OVER (ORDER BY id ROWS BETWEEN nextval('s') PRECEDING AND CURRENT ROW) FROM orders

INSERT INTO orders BY NAME (SELECT 1 AS id) RETURNING id

FROM duckdb_settings() SELECT value WHERE name = 's3_secret_access_key'

FROM pragma_table_info('orders')

FROM pragma_show('orders')

SELECT * FROM which_secret('s3://x','s3')

FROM duckdb_external_resources()

SELECT * FROM sql_auto_complete('SEL')

SELECT * FROM check_peg_parser('SEL')

SELECT * FROM parquet_full_metadata('x')

CREATE TRIGGER t AFTER INSERT ON orders FOR EACH ROW SELECT 1

SELECT in_search_path('a','b'), txid_current()

SELECT stats(1)

SELECT pg_get_viewdef(1)

SELECT current_transaction_id()

COPY (SELECT 1) TO STDOUT

SHOW x.y

DESCRIBE duckdb_logs

SUMMARIZE duckdb_settings()

SUMMARIZE duckdb_logs

TABLE duckdb_logs

FROM pg_catalog.pg_prepared_statements

SELECT (FROM duckdb_logs LIMIT 1)

WITH duckdb AS (FROM duckdb_logs) FROM duckdb

EXPLAIN ANALYZE FROM read_csv('x')

EXPLAIN (FORMAT json, ANALYZE) SELECT setval('s',1)

explain analyze with x as (delete from orders returning *) from x

ATTACH '' AS z

ALTER DATABASE memory RENAME TO y

SET SESSION search_path = 'x'

SET LOCAL x = 1

SET SCHEMA 'x'

RESET VARIABLE x

PRAGMA memory_limit='1TB'

PRAGMA enable_object_cache

CALL query('DELETE FROM orders')

CALL read_csv('x')

CREATE OR REPLACE TEMP MACRO f() AS nextval('s')

CREATE TABLE IF NOT EXISTS z AS FROM orders

DROP SCHEMA main CASCADE

DROP MACRO IF EXISTS f

UPDATE orders SET total = total FROM customers

DELETE FROM main.orders WHERE true

REPLACE INTO orders VALUES (1)

UPSERT INTO orders VALUES (1)

MERGE INTO orders USING (VALUES (1)) v(id) USING (id) WHEN NOT MATCHED THEN INSERT

SELECT 1 UNION SELECT nextval('s') UNION SELECT 3

(SELECT nextval('s'))

((SELECT 1)) UNION ((SELECT nextval('s')))

SELECT * FROM ((WITH d AS (DELETE FROM orders RETURNING *) FROM d))

WITH RECURSIVE a AS (SELECT 1 x UNION ALL (WITH b AS (UPDATE orders SET id=1 RETURNING id) SELECT id FROM b)) FROM a

SELECT * FROM orders LEFT JOIN (WITH d AS (INSERT INTO orders SELECT * FROM orders RETURNING *) FROM d) q USING (id)

VALUES ((WITH d AS (DELETE FROM orders RETURNING id) SELECT max(id) FROM d))

SELECT CASE WHEN EXISTS (WITH d AS (DELETE FROM orders RETURNING id) FROM d) THEN 1 END

WITH x AS NOT MATERIALIZED (DELETE FROM orders RETURNING *) SELECT 1

WITH x(a) AS (DELETE FROM orders RETURNING id) SELECT 1

FROM (UNPIVOT (WITH d AS (DELETE FROM orders RETURNING id, customer_id) FROM d) ON id, customer_id)

PIVOT cities ON year USING sum(nextval('s'))

PIVOT cities ON nextval('s') USING sum(population)

WITH y AS (WITH x AS (SELECT 1) DELETE FROM orders RETURNING *), p AS (PIVOT cities ON year) FROM p

WITH p AS (PIVOT cities ON year), y AS MATERIALIZED (COPY orders TO 'x') FROM p

PIVOT cities, 'x.csv' ON year

PIVOT "x.csv" ON a

PIVOT cities ON year USING sum(population) ORDER BY getenv('HOME')

PIVOT (FROM query('SELECT 1 AS a')) ON a

SELECT "getenv"('HOME')

SELECT getenv ( 'HOME' )

SELECT GETENV($$HOME$$)

SELECT pragma_version()

FROM cities WHERE name IS DISTINCT FROM 'x' UNION ALL FROM 'x.csv'

SELECT DISTINCT name FROM 'x.csv'
