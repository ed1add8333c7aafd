// Threads over the tiles of one stage, and the scratch they keep between calls.
#pragma once
#include "stage.h"

namespace workbench {

// Runs every tile once, on at most `threads` threads (the caller's is one of them). Which thread
// takes which tile does not matter: tiles write disjoint cells. Throws std::bad_alloc when scratch
// cannot be had, before any tile has run.
void run_tiles(RunTile run, const Stage& stage, const ScratchLayout& layout, int tiles,
               int threads);

}  // namespace workbench
