// The dialect of the lane programs: one source, two compilers.
//
// A lane is one asset. Under NVRTC a lane is a thread and Lanes<T> is the scalar T; on the CPU
// Lanes<T> is a native vector of T whose elements are neighbouring assets. A program uses only
// + - * /, comparisons, select() and the helpers below; all of them are exact IEEE operations per
// lane, so with contraction switched off every instruction set and the GPU give the same bits.
//
// Masks are whatever a comparison returns (bool, or a vector of 0 / -1): combine them with & and |,
// never with ~ or !, which differ between the two.
#pragma once

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define WORKBENCH_DEVICE 1
#define WORKBENCH_VARIANT device
#define LANE static __device__ __forceinline__
#define LANE_LAMBDA
#define LANE_MEMBER __device__ __forceinline__
#define LANE_UNROLL _Pragma("unroll")
#else
#define LANE static inline __attribute__((always_inline))
#define LANE_LAMBDA __attribute__((always_inline))
#define LANE_MEMBER inline __attribute__((always_inline))
#if defined(__clang__)
#define LANE_UNROLL _Pragma("unroll")
#else
#define LANE_UNROLL _Pragma("GCC unroll 16")
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif
#endif

namespace workbench {
namespace WORKBENCH_VARIANT {

using Bits = unsigned long long;  // 64 bits everywhere; unsigned, so shifts and wraps are defined

#ifdef WORKBENCH_DEVICE

template <class T>
using Lanes = T;
using LaneBits = Bits;
template <class V>
constexpr int width = 1;

LANE float nan_of(float) { return __int_as_float(0x7fc00000); }
LANE double nan_of(double) { return __longlong_as_double(0x7ff8000000000000LL); }
template <class V>
LANE V splat(double value) {
  return static_cast<V>(value);
}
LANE LaneBits bits_of(double value) { return static_cast<Bits>(__double_as_longlong(value)); }
LANE double value_of(LaneBits bits) { return __longlong_as_double(static_cast<long long>(bits)); }
LANE double square_root(double value) { return sqrt(value); }
template <class M>
LANE bool any(M mask) {
  return mask;
}
template <class V, class T>
LANE V load(const T* from) {
  return static_cast<V>(*from);
}
template <class T, class V>
LANE void store(T* to, V value) {
  const T narrow = static_cast<T>(value);
  *to = narrow - narrow == T(0) ? narrow : nan_of(T(0));
}

#else

#if defined(__AVX512F__)
#define WORKBENCH_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define WORKBENCH_VECTOR_BYTES 32
#else
#define WORKBENCH_VECTOR_BYTES 16
#endif

typedef float FloatLanes __attribute__((vector_size(WORKBENCH_VECTOR_BYTES)));
typedef double DoubleLanes __attribute__((vector_size(WORKBENCH_VECTOR_BYTES)));
typedef Bits LaneBits __attribute__((vector_size(WORKBENCH_VECTOR_BYTES)));
typedef float NarrowLanes __attribute__((vector_size(WORKBENCH_VECTOR_BYTES / 2)));

template <class T>
struct LanesOf;
template <>
struct LanesOf<float> {
  typedef FloatLanes type;
};
template <>
struct LanesOf<double> {
  typedef DoubleLanes type;
};
template <class T>
using Lanes = typename LanesOf<T>::type;

template <class V>
struct ElementOf;
template <>
struct ElementOf<FloatLanes> {
  using type = float;
};
template <>
struct ElementOf<DoubleLanes> {
  using type = double;
};
template <class V>
using Element = typename ElementOf<V>::type;
template <class V>
constexpr int width = sizeof(V) / sizeof(Element<V>);

template <class V>
LANE V splat(double value) {
  return static_cast<Element<V>>(value) - V{};  // value - 0 keeps the sign of -0
}
LANE LaneBits bits_of(DoubleLanes value) { return (LaneBits)value; }
LANE DoubleLanes value_of(LaneBits bits) { return (DoubleLanes)bits; }

LANE DoubleLanes square_root(DoubleLanes value) {
#if defined(__AVX512F__)
  return (DoubleLanes)_mm512_maskz_sqrt_pd(0xff, (__m512d)value);
#elif defined(__AVX2__)
  return (DoubleLanes)_mm256_sqrt_pd((__m256d)value);
#elif defined(__x86_64__)
  return (DoubleLanes)_mm_sqrt_pd((__m128d)value);
#elif defined(__aarch64__)
  return (DoubleLanes)vsqrtq_f64((float64x2_t)value);
#else
  for (int l = 0; l < width<DoubleLanes>; ++l) value[l] = __builtin_sqrt(value[l]);
  return value;
#endif
}

template <class M>
LANE bool any(M mask) {
  long long found = 0;
  for (unsigned l = 0; l < sizeof(M) / sizeof(mask[0]); ++l) found |= mask[l];
  return found != 0;
}

// Rows are aligned to their element only: a tile may start at any multiple of 16 columns.
template <class V, class T>
LANE V load(const T* from) {
  if constexpr (sizeof(Element<V>) == sizeof(T)) {
    V value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  } else {
    NarrowLanes narrow;
    __builtin_memcpy(&narrow, from, sizeof narrow);
    return __builtin_convertvector(narrow, DoubleLanes);
  }
}

// Whatever is not finite leaves as the one canonical NaN, so equal results are equal bits.
template <class T, class V>
LANE void store(T* to, V value) {
  if constexpr (sizeof(Element<V>) == sizeof(T)) {
    const V kept = value - value == V{} ? value : V{} + static_cast<T>(__builtin_nan(""));
    __builtin_memcpy(to, &kept, sizeof kept);
  } else {
    const NarrowLanes narrow = __builtin_convertvector(value, NarrowLanes);
    const NarrowLanes kept =
        narrow - narrow == NarrowLanes{} ? narrow : NarrowLanes{} + __builtin_nanf("");
    __builtin_memcpy(to, &kept, sizeof kept);
  }
}

#endif

template <class V>
LANE V not_a_number() {
#ifdef WORKBENCH_DEVICE
  return nan_of(V(0));
#else
  return splat<V>(__builtin_nan(""));
#endif
}

template <class V>
LANE V infinite(bool positive) {
  const double huge = 1e308;
  return splat<V>(positive ? huge * 10.0 : -huge * 10.0);
}

template <class M, class V>
LANE V select(M mask, V yes, V no) {
  return mask ? yes : no;
}

template <class V>
LANE V magnitude(V x) {
  return select(x < splat<V>(0.0), -x, x + splat<V>(0.0));  // -0 + 0 = +0
}

}  // namespace WORKBENCH_VARIANT
}  // namespace workbench
