// See schedule.h. Scratch blocks are kept in a small shelf: a fresh block of a megabyte costs
// hundreds of page faults, often more than the stage that uses it.
#include "schedule.h"

#include <stdlib.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace workbench {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kShelved = 64u << 20;  // larger blocks go back to the system at once
constexpr std::size_t kShelfLength = 64;

class Scratch {
 public:
  explicit Scratch(std::size_t bytes) : bytes_(bytes) {
    {
      const std::lock_guard<std::mutex> hold(mutex());
      auto& blocks = shelf();
      for (auto block = blocks.begin(); block != blocks.end(); ++block) {
        if (block->bytes < bytes) continue;
        bytes_ = block->bytes;
        data_ = block->data;
        blocks.erase(block);
        return;
      }
    }
    void* fresh = nullptr;  // posix_memalign, because macOS before 10.15 lacks aligned_alloc
    if (posix_memalign(&fresh, kAlignment, bytes) != 0) throw std::bad_alloc();
    data_ = static_cast<unsigned char*>(fresh);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    const std::lock_guard<std::mutex> hold(mutex());
    if (bytes_ <= kShelved && shelf().size() < kShelfLength) {
      shelf().push_back({bytes_, data_});
    } else {
      free(data_);
    }
  }
  unsigned char* data() const { return data_; }

 private:
  struct Block {
    std::size_t bytes;
    unsigned char* data;
  };
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  // Reserved to its full length, so putting a block back cannot fail; never destroyed, so a
  // thread that ends after the interpreter finds it.
  static std::vector<Block>& shelf() {
    static std::vector<Block>& one = *[] {
      auto* blocks = new std::vector<Block>();
      blocks->reserve(kShelfLength);
      return blocks;
    }();
    return one;
  }
  std::size_t bytes_;
  unsigned char* data_ = nullptr;
};

}  // namespace

void run_tiles(RunTile run, const Stage& stage, const ScratchLayout& layout, int tiles,
               int threads) {
  const int workers = threads < tiles ? threads : tiles;
  std::vector<std::unique_ptr<Scratch>> scratch;
  for (int i = 0; i < workers; ++i) scratch.push_back(std::make_unique<Scratch>(layout.total));
  std::atomic<int> next{0};
  const auto work = [&](int worker) {
    for (int tile = next++; tile < tiles; tile = next++)
      run(stage, layout, tile, scratch[worker]->data());
  };
  std::vector<std::thread> others;
  others.reserve(workers > 0 ? workers - 1 : 0);
  for (int i = 1; i < workers; ++i) {
    try {
      others.emplace_back(work, i);
    } catch (const std::system_error&) {
      break;  // no more threads to be had: the ones running take all tiles
    }
  }
  if (workers > 0) work(0);
  for (auto& thread : others) thread.join();
}

}  // namespace workbench
