#!/bin/sh
# Monthly check on Linux or macOS: cron runs it, a mail goes out unless everything passed.
#   30 8 1 * *  CRMCLEAN=/srv/crm/venv/bin/crmclean /srv/crm/check.sh sales-ops@example.com
# cron knows few folders of programs, so CRMCLEAN says where it is. Nothing is printed when all passed:
# cron would mail it. Without an address what did not pass is printed, for cron to mail.
# The folder of this script holds crmclean.yaml and the files; last.json is the last accepted month.
set -u
cd "$(dirname "$0")" || exit 2
export LC_ALL="${LC_ALL:-C.UTF-8}"
crmclean="${CRMCLEAN:-crmclean}"

set -- "${1:-}" --report junit=check.xml --summary this.json
mailto="$1"
shift
[ -f last.json ] && set -- "$@" --baseline last.json

"$crmclean" check "$@" > check.txt 2> check.err
code=$?

if [ "$code" -eq 0 ]; then
  mv this.json last.json
elif [ -n "$mailto" ]; then
  cat check.txt check.err | mail -s "crmclean check: exit $code" "$mailto"
else
  cat check.txt check.err
fi
exit "$code"
