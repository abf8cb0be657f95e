// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/feedback/preference_head.h"
#include "inference/api/engine.h"

namespace app {

/// One taste as it stood when it was asked for, to choose among candidates by. A value that shares what it was made of and changes none of it: any
/// thread may call it, also after the taste has learned more. A CandidateJudge.
class PictureJudge final {
public:
    /// @param version  of the features that `basis` was made of. @param basis, head  not null
    PictureJudge(std::string version, std::shared_ptr<const FeatureBasis> basis, std::shared_ptr<const PreferenceHead> head);

    /// The stars that each is foretold, in the order given: finite numbers. One that cannot be compared (seen by another model, features that are not
    /// finite) gets `unreadable`, far below any other.
    std::vector<double> operator()(const std::vector<inference::Candidate>& candidates) const;

    static constexpr double unreadable = -1e9;

private:
    double score(const inference::Candidate& candidate) const;

    std::string version_;
    std::shared_ptr<const FeatureBasis> basis_;
    std::shared_ptr<const PreferenceHead> head_;
};

}  // namespace app
