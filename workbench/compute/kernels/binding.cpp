// The Python module _kernels: checks what came from Python, lets go of the GIL, runs the tiles.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "check.h"
#include "schedule.h"

namespace nb = nanobind;

namespace workbench {
#if defined(__x86_64__)
namespace x86_64_v2 { extern const Variant variant; }
namespace x86_64_v3 { extern const Variant variant; }
namespace x86_64_v4 { extern const Variant variant; }
#else
namespace arm64 { extern const Variant variant; }
#endif

namespace {

std::vector<const Variant*> usable_variants() {
  std::vector<const Variant*> usable;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt"))
    usable.push_back(&x86_64_v2::variant);
  if (usable.size() == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("fma"))
    usable.push_back(&x86_64_v3::variant);
  if (usable.size() == 2 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    usable.push_back(&x86_64_v4::variant);
#else
  usable.push_back(&arm64::variant);
#endif
  return usable;
}

const Variant& find_variant(const std::string& name) {
  std::string known;
  for (const Variant* one : usable_variants()) {
    if (name == one->name) return *one;
    known += std::string(known.empty() ? "" : ", ") + one->name;
  }
  throw std::invalid_argument("variant must be one of " + known + ", got '" + name + "'");
}

// A two-dimensional C-contiguous array held through the buffer protocol, so that read-only arrays
// serve as inputs; released when the call ends.
class Array {
 public:
  Array(nb::handle object, const char* what, const char* formats, std::size_t item, bool writable)
      : what_(what) {
    const int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object.ptr(), &view_, flags) != 0) {
      PyErr_Clear();
      throw std::invalid_argument(what_ + " must be a C-contiguous " +
                                  (writable ? "writable " : "") + "array");
    }
    held_ = true;
    const char* format = view_.format ? view_.format : "B";
    const bool known = std::strlen(format) == 1 && std::strchr(formats, *format) != nullptr;
    if (view_.ndim != 2 || !known || view_.itemsize != static_cast<Py_ssize_t>(item)) {
      release();
      throw std::invalid_argument(what_ + " must be two-dimensional with item format one of '" +
                                  formats + "'");
    }
  }
  Array(Array&& other) noexcept : view_(other.view_), held_(other.held_), what_(other.what_) {
    other.held_ = false;
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { release(); }
  void* data() const { return view_.buf; }
  long long rows() const { return view_.shape[0]; }
  long long pitch() const { return view_.shape[1]; }

 private:
  void release() {
    if (held_) PyBuffer_Release(&view_);
    held_ = false;
  }
  Py_buffer view_{};
  bool held_ = false;
  std::string what_;
};

std::vector<Instruction> read_instructions(nb::handle object) {
  Py_buffer view{};
  if (PyObject_GetBuffer(object.ptr(), &view, PyBUF_C_CONTIGUOUS) != 0) {
    PyErr_Clear();
    throw std::invalid_argument("instructions must be a C-contiguous array of dtype INSTRUCTION");
  }
  std::vector<Instruction> code;
  const bool fits = view.itemsize == sizeof(Instruction) && view.ndim == 1;
  if (fits) {
    code.resize(static_cast<std::size_t>(view.len) / sizeof(Instruction));
    if (!code.empty()) std::memcpy(code.data(), view.buf, static_cast<std::size_t>(view.len));
  }
  PyBuffer_Release(&view);
  if (!fits)
    throw std::invalid_argument("instructions must be one-dimensional, of dtype INSTRUCTION (" +
                                std::to_string(sizeof(Instruction)) + " bytes)");
  return code;
}

// Rows of one value, shared by all threads; equal values share a row.
template <class T>
class ConstantRows {
 public:
  ConstantRows(const std::vector<Instruction>& code, long long pitch) : pitch_(pitch) {
    rows_.assign(code.size() * kOperands, nullptr);
    missing = row(std::numeric_limits<T>::quiet_NaN());
    for (std::size_t i = 0; i < code.size(); ++i)
      for (int k = 0; k < kOperands; ++k) {
        const int id = code[i].inputs[k];
        if (id <= kFirstConstant && id > kFirstGroup)
          rows_[kOperands * i + k] = row(static_cast<T>(code[i].constants[kFirstConstant - id]));
      }
  }
  const void* const* rows() const { return rows_.data(); }
  const void* missing = nullptr;

 private:
  const void* row(T value) {
    if (!std::isfinite(value)) value = std::numeric_limits<T>::quiet_NaN();
    for (const auto& one : store_)
      if (std::memcmp(one.data(), &value, sizeof value) == 0) return one.data();
    store_.emplace_back(static_cast<std::size_t>(pitch_ > 0 ? pitch_ : 1), value);
    return store_.back().data();
  }
  long long pitch_;
  std::vector<std::vector<T>> store_;
  std::vector<const void*> rows_;
};

void expect(bool holds, const std::string& message) {
  if (!holds) throw std::invalid_argument(message);
}

int count_groups(const Array& codes, int columns) {
  const int* data = static_cast<const int*>(codes.data());
  int low = -1, high = -1;
  for (long long t = 0; t < codes.rows(); ++t)
    for (int j = 0; j < columns; ++j) {
      const int code = data[t * codes.pitch() + j];
      low = code < low ? code : low;
      high = code > high ? code : high;
    }
  expect(low == -1 && high < (1 << 20), "group codes must be -1 to 1048575, got " +
                                            std::to_string(low < -1 ? low : high));
  return high + 1;
}

// Everything one call holds on to while it runs.
struct Held {
  std::vector<Array> panels, groups, mask;
  std::vector<void*> pointers;
  std::vector<Groups> group_table;
  int largest_group_count = 0;
};

void hold_panels(Held& held, nb::list panels, const std::vector<bool>& written, bool wide) {
  for (std::size_t i = 0; i < nb::len(panels); ++i) {
    const std::string what = "panel " + std::to_string(i);
    held.panels.emplace_back(panels[i], what.c_str(), wide ? "d" : "f", wide ? 8 : 4, written[i]);
    const Array& one = held.panels.back();
    expect(one.rows() == held.panels[0].rows() && one.pitch() == held.panels[0].pitch(),
           what + " must have the shape of panel 0");
    held.pointers.push_back(one.data());
  }
  expect(!held.panels.empty(), "a stage needs at least one panel");
  const Array& first = held.panels[0];
  expect(first.pitch() % kLanes == 0 && first.pitch() < (1 << 30) && first.rows() < (1 << 30),
         "the pitch of panels must be a multiple of 16 below 2^30, got " +
             std::to_string(first.pitch()) + "; use cpu.pad");
}

void hold_groups(Held& held, nb::list groups, int columns) {
  const Array& first = held.panels[0];
  for (std::size_t i = 0; i < nb::len(groups); ++i) {
    const std::string what = "groups " + std::to_string(i);
    held.groups.emplace_back(groups[i], what.c_str(), "il", 4, false);
    const Array& one = held.groups.back();
    expect(one.pitch() == first.pitch() && (one.rows() == 1 || one.rows() == first.rows()),
           what + " must have 1 row or one a session, and the pitch of the panels");
    const int count = count_groups(one, columns);
    held.largest_group_count = count > held.largest_group_count ? count : held.largest_group_count;
    held.group_table.push_back({static_cast<const int*>(one.data()),
                                one.rows() == first.rows() ? one.pitch() : 0, count});
  }
}

template <class T>
void run_typed(RunTile run, Stage stage, const std::vector<Instruction>& code,
               const ScratchLayout& layout, int threads) {
  const ConstantRows<T> constants(code, stage.pitch);
  stage.constants = constants.rows();
  stage.missing = constants.missing;
  const long long extent = stage.section ? stage.rows : stage.pitch;
  const int tiles = static_cast<int>((extent + stage.tile - 1) / stage.tile);
  const nb::gil_scoped_release released;
  run_tiles(run, stage, layout, tiles, threads);
}

void run_stage(const std::string& variant, const std::string& dtype, const std::string& axis,
               nb::object instructions, nb::list panels, nb::list groups, nb::object mask,
               int columns, int slots, int tile, int threads) {
  const Variant& chosen = find_variant(variant);
  expect(dtype == "float32" || dtype == "float64", "dtype must be float32 or float64, got '" + dtype + "'");
  expect(axis == "time" || axis == "section", "axis must be time or section, got '" + axis + "'");
  const bool wide = dtype == "float64", section = axis == "section";
  expect(slots >= 0 && slots < -kFirstConstant - 1, "slots must be 0 to 998, got " + std::to_string(slots));
  expect(tile >= 1 && (section || tile % kLanes == 0),
         "tile must be positive, and a multiple of 16 in a time stage, got " + std::to_string(tile));
  expect(threads >= 1 && threads <= 1024, "threads must be 1 to 1024, got " + std::to_string(threads));

  const std::vector<Instruction> given = read_instructions(instructions);
  const auto code =
      checked_program(given.data(), static_cast<int>(given.size()), static_cast<int>(nb::len(panels)),
                      static_cast<int>(nb::len(groups)), slots, section);
  Held held;
  hold_panels(held, panels, written_panels(code, static_cast<int>(nb::len(panels))), wide);
  const long long rows = held.panels[0].rows(), pitch = held.panels[0].pitch();
  expect(columns >= 0 && columns <= pitch, "columns must be 0 to the pitch " + std::to_string(pitch) +
                                               ", got " + std::to_string(columns));
  hold_groups(held, groups, columns);
  if (!mask.is_none()) {
    held.mask.emplace_back(mask, "mask", "B?b", 1, false);
    expect(held.mask[0].rows() == rows && held.mask[0].pitch() == pitch,
           "mask must have the shape of the panels");
  }
  if (rows == 0 || pitch == 0 || code.empty()) return;

  Stage stage{};
  stage.code = code.data();
  stage.length = static_cast<int>(code.size());
  stage.panels = held.pointers.data();
  stage.groups = held.group_table.data();
  stage.mask = held.mask.empty() ? nullptr : static_cast<const unsigned char*>(held.mask[0].data());
  stage.pitch = pitch;
  stage.rows = static_cast<int>(rows);
  stage.columns = columns;
  const long long extent = section ? rows : pitch;
  stage.tile = static_cast<int>(tile < extent ? tile : extent);
  stage.section = section;
  const ScratchLayout layout = scratch_layout(code, section, slots, rows, pitch, stage.tile, wide ? 8 : 4,
                                              held.largest_group_count);
  if (wide)
    run_typed<double>(chosen.float64, stage, code, layout, threads);
  else
    run_typed<float>(chosen.float32, stage, code, layout, threads);
}

}  // namespace
}  // namespace workbench

NB_MODULE(_kernels, module) {
  using namespace workbench;
  module.doc() = "Compiled lane programs; call them through workbench.compute.cpu.";
  module.def("opcodes", [] {
    nb::dict codes;
    for (int i = 0; i < opcode_count; ++i) codes[operator_name(i)] = i;
    return codes;
  });
  module.def("variants", [] {
    nb::list names;
    for (const Variant* one : usable_variants()) names.append(one->name);
    return names;
  });
  module.def("lanes", [] { return kLanes; });
  module.def("run_stage", &run_stage, nb::arg("variant"), nb::arg("dtype"), nb::arg("axis"),
             nb::arg("instructions"), nb::arg("panels"), nb::arg("groups"),
             nb::arg("mask").none(), nb::arg("columns"), nb::arg("slots"), nb::arg("tile"),
             nb::arg("threads"));
}
