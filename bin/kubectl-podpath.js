#!/usr/bin/env node
// kubectl finds a plugin by its file name: `kubectl podpath …` runs this.
import "./podpath.js";
