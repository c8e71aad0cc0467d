"""Run the SQL on standard input and print a line for each row.

Arguments: the database. The server is named by PGHOST, PGPORT, PGUSER, PGPASSWORD.
"""

import sys

import psycopg2

try:
    connection = psycopg2.connect(dbname=sys.argv[1], connect_timeout=10)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sys.stdin.read())
        for row in cursor.fetchall() if cursor.description else ():
            print(*row, sep="\t")
except psycopg2.Error as error:
    sys.exit(str(error).strip())
