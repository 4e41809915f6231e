#!/bin/sh
touch new
