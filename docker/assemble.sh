#!/bin/sh
# Builds one deployable and puts what runs of it into a folder: the app, the libraries it is made from, their packages.
# Called by the Dockerfile; for use elsewhere, in a checkout of its own: it replaces node_modules.
#
#   docker/assemble.sh APP FOLDER      such as: docker/assemble.sh registry-api /tmp/registry-api
set -eu
cd "$(dirname "$0")/.."
app=$1 folder=$2

npm ci --ignore-scripts
npx --no-install tsc -b "apps/$app/tsconfig.lib.json"
npm ci --ignore-scripts --omit=dev --workspace "apps/$app"

mkdir -p "$folder"
cp -R package.json node_modules "$folder/"
# npm links the packages of the workspace; those that only tests need were not built.
for link in node_modules/@mcp-hub/*; do
  project=$(realpath --relative-to=. "$link")
  if [ ! -d "$project/dist" ]; then
    rm "$folder/$link"
    continue
  fi
  mkdir -p "$folder/$project"
  for part in package.json dist node_modules; do
    if [ -e "$project/$part" ]; then cp -R "$project/$part" "$folder/$project/"; fi
  done
done
