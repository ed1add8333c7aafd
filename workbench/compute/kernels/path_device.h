// Path along time on the device: one thread a cell walks back from its session, as far as it must.
#pragma once
#include "walk_device.h"

namespace workbench {
namespace device {

// Whether the window ending at row t begins before the data.
LANE bool begins_before(const Call& call, int operands, int t) {
  int lag = 0;
  for (int k = 0; k < operands; ++k) lag = call.in[k].lag > lag ? call.in[k].lag : lag;
  return t < lag + call.setting.window - 1;
}

template <class T>
LANE T kth_back(const Call& call, int t, int j, int wanted) {
  if (begins_before(call, 1, t)) return nan_of(T(0));
  for (int age = 0; age < call.setting.window; ++age) {
    const T x = value_at<T, T>(call.in[0], t - age, j);
    if (x == x && --wanted == 0) return x;
  }
  return nan_of(T(0));
}
template <class T>
LANE T ts_backfill_at(const Call& call, int t, int j) {
  return kth_back<T>(call, t, j, 1);
}
template <class T>
LANE T kth_element_at(const Call& call, int t, int j) {
  return kth_back<T>(call, t, j, call.setting.integer[0]);
}

// The last other value, or the age of the first session after it that has today's value.
template <bool kAge, class T>
LANE T change_at(const Call& call, int t, int j) {
  const T today = value_at<T, T>(call.in[0], t, j);
  if (today != today || begins_before(call, 1, t)) return nan_of(T(0));
  int first = 0;
  for (int age = 1; age < call.setting.window; ++age) {
    const T x = value_at<T, T>(call.in[0], t - age, j);
    if (x < today || x > today) return kAge ? static_cast<T>(first) : x;
    if (x == today) first = age;
  }
  return nan_of(T(0));
}
template <class T>
LANE T last_diff_value_at(const Call& call, int t, int j) {
  return change_at<false, T>(call, t, j);
}
template <class T>
LANE T days_from_last_change_at(const Call& call, int t, int j) {
  return change_at<true, T>(call, t, j);
}

template <class T>
LANE T trade_when_at(const Call& call, int t, int j) {
  if (begins_before(call, 3, t)) return nan_of(T(0));
  for (int age = 0; age < call.setting.window; ++age) {
    if (value_at<T, T>(call.in[2], t - age, j) > T(0)) return nan_of(T(0));
    if (value_at<T, T>(call.in[0], t - age, j) > T(0))
      return value_at<T, T>(call.in[1], t - age, j);
  }
  return nan_of(T(0));
}

template <bool kProduct, class T>
LANE double accumulated_at(const Call& call, int t, int j) {
  double total = kProduct ? 1.0 : 0.0, x = nan_of(0.0);
  for (int row = call.setting.integer[0]; row <= t; ++row) {
    x = value_at<double, T>(call.in[0], row, j);
    if (x == x) total = kProduct ? total * x : total + x;
  }
  return total + (x - x);
}
template <class T>
LANE double ts_cumsum_at(const Call& call, int t, int j) {
  return accumulated_at<false, T>(call, t, j);
}
template <class T>
LANE double ts_cumprod_at(const Call& call, int t, int j) {
  return accumulated_at<true, T>(call, t, j);
}

}  // namespace device
}  // namespace workbench
